-- Who may do what with the tables of this migration, and what drizzle cannot say.

do $$
declare
  app constant text := 'banneton_app';
  insert_only constant text[] := array[
    'stock.shortfall_cancellations'
  ];
  -- Rows that change but never go away.
  mutable constant text[] := array[]::text[];
  -- Rows that are written once and may be taken away.
  removable constant text[] := array[]::text[];
  -- Rows that come, change and go.
  free constant text[] := array[]::text[];
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
