# The places of secrets only: values are added by people, so none is ever in Terraform's state.
resource "google_secret_manager_secret" "this" {
  for_each  = var.accessors
  project   = var.project
  secret_id = each.key
  replication {
    user_managed {
      # They stay in the region that the shop's data is in.
      replicas {
        location = var.region
      }
    }
  }
  # A removed version can be had back for a week.
  version_destroy_ttl = "604800s"
  lifecycle {
    prevent_destroy = true
  }
}

locals {
  grants = merge([
    for id, emails in var.accessors : { for email in emails : "${id}/${split("@", email)[0]}" => { id = id, email = email } }
  ]...)
}

# Public, and known to Terraform before anybody. Another CA is another version, which a commit then names.
resource "google_secret_manager_secret_version" "certificate" {
  for_each    = var.certificates
  secret      = google_secret_manager_secret.this[each.key].id
  secret_data = each.value
  # Those that still read the version before go on.
  deletion_policy = "ABANDON"
  lifecycle {
    create_before_destroy = true
  }
}

# A right to one secret each, never to a project's secrets.
resource "google_secret_manager_secret_iam_member" "accessor" {
  for_each  = local.grants
  project   = var.project
  secret_id = google_secret_manager_secret.this[each.value.id].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${each.value.email}"
}

# A plan reads again what Terraform wrote: of these two, which are no secret, and of no other.
resource "google_secret_manager_secret_iam_member" "planner" {
  for_each  = var.planner == "" ? {} : var.certificates
  project   = var.project
  secret_id = google_secret_manager_secret.this[each.key].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${var.planner}"
}
