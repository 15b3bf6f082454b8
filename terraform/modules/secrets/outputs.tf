# Whoever is given an id may read the first version of it at once.
output "ids" {
  value      = { for id, secret in google_secret_manager_secret.this : id => secret.secret_id }
  depends_on = [google_secret_manager_secret_version.certificate]
}
