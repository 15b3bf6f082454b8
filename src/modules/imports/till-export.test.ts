import { afterAll, expect, test } from "bun:test";
import { openTill } from "../../../test/harness/till-exports.ts";

const till = await openTill();
afterAll(() => till.close());

test("first try", async () => {
  const siteId = await till.openSite();
  const text = [
    ",date,time,ticket_number,article,Quantity,unit_price",
    '0,2021-01-02,08:38,150040,BAGUETTE,1.0,"0,90 €"',
    '1,2021-01-02,08:38,150040,PAIN AU CHOCOLAT,3.0,"1,20 €"',
    '2,2021-01-02,09:14,150041,PAIN AU CHOCOLAT ,2.0,"1,20 €"',
    '3,2021-01-02,09:25,150042,Pain au chocolat,-1.0,"1,20 €"',
    '4,2021-01-02,09:25,150043,.,1.0,"0,00 €"',
    '5,2021-01-02,09:25,150043,NONE,1.0,"0,00 €"',
    "",
  ].join("\r\n");
  const done = await till.bring(siteId, text);
  console.log(done, await till.flagsOf(done.id), await till.pagesOf(done.id, "days"), await till.pagesOf(done.id, "articles"));
  const again = await till.bring(siteId, text);
  expect(again).toMatchObject({ ticketsCreated: 0, returnsCreated: 0 });
});
