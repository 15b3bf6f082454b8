-- Who may do what with the tables of this migration, and what drizzle cannot say.

do $$
declare
  app constant text := 'banneton_app';
  insert_only constant text[] := array[
    'stock.holds', 'stock.releases', 'stock.hold_lots', 'stock.layer_holds',
    'stock.price_corrections', 'stock.price_correction_lines', 'stock.cost_adjustments',
    'stock.cost_shares',
    'sites.period_changes', 'stock.shortfall_cancellations',
    'stock.transfers', 'stock.transfer_lines',
    'stock.document_reversals', 'stock.receipt_reversal_lines',
    'sales.refunds', 'sales.refund_lines', 'sales.refund_payments',
    'imports.till_flags', 'imports.till_articles'
  ];
  -- Rows that change but never go away.
  mutable constant text[] := array['sales.sale_states', 'imports.till_exports', 'imports.till_days']::text[];
  -- Rows that are written once and may be taken away.
  removable constant text[] := array[]::text[];
  -- Rows that come, change and go.
  free constant text[] := array['imports.aliases', 'imports.till_lines']::text[];
  name text;
begin
  foreach name in array insert_only loop
    execute format('grant select, insert on %s to %I', name, app);
    execute format('create trigger insert_only before update or delete or truncate on %s
      for each statement execute function platform.refuse_change()', name);
  end loop;
  foreach name in array mutable loop
    execute format('grant select, insert, update on %s to %I', name, app);
  end loop;
  foreach name in array removable loop
    execute format('grant select, insert, delete on %s to %I', name, app);
  end loop;
  foreach name in array free loop
    execute format('grant select, insert, update, delete on %s to %I', name, app);
  end loop;
end $$;

-- A balance as of a past moment, and what is on hand at every time since one: from the index alone.
create index movements_effective on stock.movements (item_id, site_id, effective_at)
  include (quantity, value);

-- What can take from a layer or give back to it after its day of expiry: not what every sale writes.
create index movements_rare on stock.movements (item_id, site_id, effective_at) include (id)
  where type not in ('receipt', 'output', 'transfer_in', 'sale', 'settlement', 'consumption',
    'transfer_out');

-- How the cost of each run so far was shared, so that a late price can follow it.
insert into stock.cost_shares (source_id, item_id, site_id, layer_id, good, lost)
  select id, item_id, site_id, layer_id, actual_output, greatest(expected_output - actual_output, 0)
  from production.runs;

-- The currency of money that was posted so far stays.
insert into settings.settings (currency, locale, version, currency_locked)
  select 'EUR', 'en-IE', 1, true
  where exists (select from stock.movements) or exists (select from sales.sales)
  on conflict (only_row) do update set currency_locked = true;
