-- Reports are computed from the books and may be thrown away: the app's role does with them as it likes.

do $$
declare
  app constant text := 'banneton_app';
begin
  execute format('grant usage on schema reports to %I', app);
  execute format('grant select, insert, update, delete on all tables in schema reports to %I', app);
end $$;
