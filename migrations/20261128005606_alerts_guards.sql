-- Who may do what with alerts and webhooks.

do $$
declare
  app constant text := 'banneton_app';
begin
  execute format('grant usage on schema alerts, webhooks to %I', app);
  execute format('grant select, insert, update on alerts.alerts, alerts.notices to %I', app);
  execute format('grant select, insert, update on webhooks.webhooks to %I', app);
  execute format('grant select, insert, update, delete on webhooks.deliveries to %I', app);
end $$;
