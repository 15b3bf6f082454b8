-- Who may do what with the tables of this migration, and what drizzle cannot say.

do $$
declare
  app constant text := 'banneton_app';
  insert_only constant text[] := array['audit.entries', 'audit.seals'];
  -- Rows that change but never go away.
  mutable constant text[] := array[
    'accounts.people', 'accounts.invitations', 'keys.keys',
    'devices.devices', 'devices.pairings', 'devices.approvals'
  ];
  -- Rows that come, change and go.
  free constant text[] := array[
    'accounts.credentials', 'accounts.sessions', 'accounts.verifications',
    'accounts.second_factors', 'accounts.memberships', 'accounts.failures',
    'accounts.known_addresses', 'devices.pins'
  ];
  name text;
begin
  foreach name in array array['audit', 'accounts', 'keys', 'devices'] loop
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
  foreach name in array free loop
    execute format('grant select, insert, update, delete on %s to %I', name, app);
  end loop;
  execute format('grant usage on sequence audit.entry_order to %I', app);
end $$;
