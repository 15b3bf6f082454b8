-- Uploads are never deleted: what became of each stays to be read. The objects go.

do $$
declare
  app constant text := 'banneton_app';
begin
  execute format('grant usage on schema uploads to %I', app);
  execute format('grant select, insert, update on uploads.uploads to %I', app);
end $$;
