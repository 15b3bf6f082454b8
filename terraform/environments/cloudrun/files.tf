# Pictures, invoices, exports and the copy of the audit. There are no functions here: the worker does their work.
resource "google_storage_bucket" "files" {
  project  = var.project
  name     = "${var.project}-files"
  location = var.region
  # Rights are the bucket's alone, and never the world's; links are signed and end.
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
  # What a person or a fault deletes or overwrites comes back within the days below.
  versioning {
    enabled = true
  }
  soft_delete_policy {
    retention_duration_seconds = 0
  }
  lifecycle_rule {
    condition {
      with_state                 = "ARCHIVED"
      days_since_noncurrent_time = 30
    }
    action {
      type = "Delete"
    }
  }
  lifecycle {
    prevent_destroy = true
  }
}

resource "google_storage_bucket_iam_member" "files" {
  for_each = toset(["web", "worker"])
  bucket   = google_storage_bucket.files.name
  role     = "roles/storage.objectUser"
  member   = "serviceAccount:${module.iam.emails[each.key]}"
}

# Each signs links as itself.
resource "google_service_account_iam_member" "signs" {
  for_each           = toset(["web", "worker"])
  service_account_id = "projects/${var.project}/serviceAccounts/${module.iam.emails[each.key]}"
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = "serviceAccount:${module.iam.emails[each.key]}"
}
