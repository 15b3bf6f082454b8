import { findItemsForLines, lockUnit, toStockQuantity } from "#modules/catalog/index.ts";
import { minorDigitsOf, postingSettings } from "#modules/settings/index.ts";
import { pinPeriods, siteUnknown, tillUnknown } from "#modules/sites/index.ts";
import { periodClosed } from "#modules/stock/index.ts";
import type { Ctx } from "#platform/context.ts";
import { type Db, inOrder, type Tx } from "#platform/db.ts";
import {
  type Decimal,
  type DecimalInput,
  decimal,
  decimalText,
  moneyText,
  sum,
  ZERO,
} from "#platform/decimal.ts";
import { newId } from "#platform/id.ts";
import * as errors from "../errors.ts";
import type { NewSale } from "../model/sale.ts";
import { listTerms, type TermsQuestion, type TermsRow } from "../queries/context.ts";
import type { PaymentRow, SaleLineRow, SaleRow } from "../queries/write.ts";
import {
  type PricedInput,
  type PricedLine,
  priceInUnit,
  priceLines,
  settlePayments,
  type Tender,
} from "../rules/pricing.ts";

/** A sale whose every amount is settled, ready to be written; and what each line is made of. */
export interface PricedSale {
  readonly sale: SaleRow;
  readonly lines: readonly SaleLineRow[];
  readonly payments: readonly PaymentRow[];
  readonly terms: readonly TermsRow[];
  readonly effectiveOn: string;
}

/**
 * Prices a sale as of this moment, without a lock but on units that were never moved: catalogue
 * prices unless the line names its own, the tax rate of the business date, discounts, payments and
 * change.
 */
export async function priceSale(tx: Tx, ctx: Ctx, input: NewSale): Promise<PricedSale> {
  const itemIds = input.lines.map((line) => line.itemId);
  const { siteId, tillId, soldAt } = input;
  const [, terms] = await inOrder(
    soldAt === undefined ? Promise.resolve() : pinPeriods(tx, siteId),
    fixedTerms(tx, { siteId, tillId, soldAt, now: ctx.now(), itemIds }),
  );
  const head = checkHead(terms[0], input);
  const minorDigits = minorDigitsOf(head.currency);
  checkAmounts(input, minorDigits);
  const entered = await enterLines(tx, input, terms);
  const orderDiscount = decimal(input.discount ?? "0");
  const { pricesIncludeTax, currency } = head;
  const priced = priceLines(entered, { minorDigits, pricesIncludeTax, orderDiscount });
  const total = sum(priced.map((line) => line.total));
  const tenders: Tender[] = input.payments.map(({ method, amount }) => ({
    method,
    amount: decimal(amount),
  }));
  const cashStep = head.cashStep === null ? undefined : decimal(head.cashStep);
  const paid = settlePayments(total, tenders, cashStep, minorDigits);
  const money = (value: Decimal) => moneyText(value, minorDigits);
  return {
    terms,
    effectiveOn: head.effectiveOn,
    sale: {
      id: input.id,
      kind: "sale",
      siteId,
      tillId: tillId ?? null,
      foreignNumber: null,
      businessDate: head.businessDate,
      soldAt: head.soldAt,
      actor: ctx.actor.id,
      currency,
      minorDigits,
      pricesIncludeTax,
      orderDiscount: money(orderDiscount),
      net: money(sum(priced.map((line) => line.net))),
      tax: money(sum(priced.map((line) => line.tax))),
      total: money(total),
      change: money(paid.change),
      rounding: money(paid.rounding),
    },
    lines: entered.map(({ row }, index) => ({ ...row, ...amountsOf(priced[index], money) })),
    payments: tenders.map(({ method, amount }) => ({ method, amount: money(amount) })),
  };
}

/**
 * A sale fixes the currency. A shortfall counts in the item's unit as a movement does, so a unit
 * that may still change is fixed, too.
 */
async function fixedTerms(tx: Tx, question: TermsQuestion): Promise<TermsRow[]> {
  const terms = await listTerms(tx, question);
  const isFirst = terms.some((row) => !row.isCurrencyLocked);
  const isNew = terms.some((row) => row.stocking === "stocked" && !row.isUnitLocked);
  if (!isFirst && !isNew) return terms;
  if (isFirst) await postingSettings(tx);
  if (isNew) await lockUnit(tx, question.itemIds);
  return listTerms(tx, question);
}

function amountsOf(line: PricedLine | undefined, money: (value: Decimal) => string) {
  const { gross = ZERO, discount = ZERO, net = ZERO, tax = ZERO, total = ZERO } = line ?? {};
  return {
    gross: money(gross),
    discount: money(discount),
    net: money(net),
    tax: money(tax),
    total: money(total),
  };
}

function checkHead(head: TermsRow | undefined, input: NewSale): TermsRow {
  if (!head?.isSiteInUse) throw siteUnknown();
  if (input.tillId !== undefined && !head.hasTill) throw tillUnknown();
  if (input.onShort === "record" && input.tillId === undefined) throw errors.recordNeedsTill();
  if (!head.isInWindow) throw errors.soldAtOutOfWindow();
  if (head.isClosed) throw periodClosed("/soldAt");
  return head;
}

/** Amounts in the body may not be finer than the currency's smallest coin. */
function checkAmounts(input: NewSale, digits: number): void {
  checkAmount(input.discount, digits, "/discount");
  input.lines.forEach((line, index) => {
    checkAmount(line.discount, digits, `/lines/${index}/discount`);
  });
  input.payments.forEach((payment, index) => {
    checkAmount(payment.amount, digits, `/payments/${index}/amount`);
  });
}

export function checkAmount(
  amount: DecimalInput | undefined,
  digits: number,
  pointer: string,
): void {
  const fraction = amount === undefined ? "" : (String(amount).split(".")[1] ?? "");
  if (fraction.length > digits && /[1-9]/.test(fraction.slice(digits))) {
    throw errors.amountTooFine(pointer, digits);
  }
}

type UnpricedRow = Omit<SaleLineRow, "gross" | "discount" | "net" | "tax" | "total">;

interface EnteredLine extends PricedInput {
  readonly row: UnpricedRow;
}

async function enterLines(
  db: Db,
  input: NewSale,
  terms: readonly TermsRow[],
): Promise<EnteredLine[]> {
  const byId = new Map(terms.map((row) => [row.itemId, row]));
  const isPacked = (line: NewSale["lines"][number]) =>
    line.unit !== undefined && line.unit !== byId.get(line.itemId)?.unit;
  const packed = input.lines.filter(isPacked).map((line) => line.itemId);
  const items = packed.length > 0 ? await findItemsForLines(db, packed) : new Map();
  return input.lines.map((line, index) => {
    const item = byId.get(line.itemId);
    if (!item) throw errors.itemUnknown(index);
    if (item.taxCode !== null && item.taxRate === null) throw errors.taxRateMissing(index);
    const quantity = decimal(line.quantity);
    const unit = line.unit ?? item.unit;
    const stock = isPacked(line)
      ? toStockQuantity(quantity, unit, items.get(line.itemId), `/lines/${index}`)
      : { quantity, numerator: 1n, denominator: 1n };
    const unitPrice = priceOf(line, item, stock, index);
    const taxRate = decimal(item.taxRate ?? "0");
    return {
      quantity,
      unitPrice,
      discount: decimal(line.discount ?? "0"),
      taxRate,
      row: {
        id: newId(),
        itemId: line.itemId,
        name: item.name,
        quantity: decimalText(quantity),
        unit,
        stockQuantity: decimalText(stock.quantity),
        factorNumerator: String(stock.numerator),
        factorDenominator: String(stock.denominator),
        unitPrice: decimalText(unitPrice),
        taxCode: item.taxCode,
        taxRate: decimalText(taxRate),
      },
    };
  });
}

function priceOf(
  line: NewSale["lines"][number],
  item: TermsRow,
  factor: { readonly numerator: bigint; readonly denominator: bigint },
  index: number,
): Decimal {
  if (line.unitPrice !== undefined) return decimal(line.unitPrice);
  if (item.price === null) throw errors.itemHasNoPrice(index);
  return priceInUnit(decimal(item.price), factor.numerator, factor.denominator);
}
