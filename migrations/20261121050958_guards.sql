-- What the app's role may do, and what nobody may: the books are written once (domain rules 3).

create function platform.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '%.% is insert-only', tg_table_schema, tg_table_name
    using errcode = 'insufficient_privilege',
      hint = 'A correction is a new row.';
end $$;

do $$
declare
  app constant text := 'banneton_app';
  insert_only constant text[] := array[
    'settings.tax_rates',
    'stock.lots', 'stock.movements', 'stock.allocations', 'stock.genealogy', 'stock.settlements',
    'stock.receipts', 'stock.receipt_lines', 'stock.wastes', 'stock.waste_lines',
    'stock.counts', 'stock.count_lines',
    'recipes.versions', 'recipes.ingredients',
    'production.runs', 'production.run_lines', 'production.run_by_products',
    'production.run_sub_recipes', 'production.reversals',
    'sales.sales', 'sales.sale_lines', 'sales.payments', 'sales.voids',
    'imports.imports', 'imports.records'
  ];
  -- Rows that change but never go away.
  mutable constant text[] := array[
    'settings.settings', 'sites.sites', 'sites.tills',
    'catalog.categories', 'catalog.items', 'catalog.suppliers',
    'stock.layers', 'stock.balances', 'stock.shortfalls',
    'recipes.recipes', 'production.run_states'
  ];
  -- Rows that are written once and may be taken away.
  removable constant text[] := array['platform.idempotency', 'catalog.conversions'];
  name text;
begin
  foreach name in array array['platform', 'settings', 'sites', 'catalog', 'stock', 'recipes',
      'production', 'sales', 'imports'] loop
    execute format('grant usage on schema %I to %I', name, app);
  end loop;
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
  execute format('grant usage on sequence stock.recording_order to %I', app);
end $$;

-- Rows that every sale changes: room on their pages keeps the updates heap-only.
alter table stock.balances set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
alter table stock.layers set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
alter table sites.tills set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
