-- Rows that come, change and go.

grant select, insert, update, delete on accounts.known_addresses to banneton_app;
