# Pictures, invoices and exports: what people bring and take.
resource "google_storage_bucket" "uploads" {
  project  = var.project
  name     = "${var.prefix}-uploads"
  location = var.region
  # Rights are the bucket's alone: an object with rights of its own is one that nobody looks at.
  uniform_bucket_level_access = true
  # Not even an owner can open it to the world by mistake; links are signed and end.
  public_access_prevention = "enforced"
  # A destroy that takes the invoices with it must be two decisions.
  force_destroy = false

  # What a person or a fault deletes or overwrites comes back within the days below.
  versioning {
    enabled = true
  }

  # Versions do that already: kept twice, deleted personal data would stay longer than was promised.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  lifecycle_rule {
    condition {
      with_state                 = "ARCHIVED"
      days_since_noncurrent_time = var.deleted_days
    }
    action {
      type = "Delete"
    }
  }

  # Parts of uploads that were never finished are seen by nobody, and paid for.
  lifecycle_rule {
    condition {
      age = 1
    }
    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }

  # Browsers send large files straight to a resumable session; no other site's pages may.
  cors {
    origin          = var.app_origins
    method          = ["PUT", "POST"]
    response_header = ["Content-Type", "Content-Range", "Location", "X-Goog-Upload-Status"]
    max_age_seconds = 3600
  }
}

# The copy of the audit that its own writers cannot change.
resource "google_storage_bucket" "audit" {
  project                     = var.project
  name                        = "${var.prefix}-audit"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  # Nobody, an owner included, deletes or replaces an object before its time. Locking that cannot be
  # undone, so it is a decision of its own.
  retention_policy {
    retention_period = var.audit_retention_days * 86400
    is_locked        = var.is_audit_locked
  }

  # Read at an inspection, if ever.
  lifecycle_rule {
    condition {
      age = 90
    }
    action {
      type          = "SetStorageClass"
      storage_class = "COLDLINE"
    }
  }
}

# The portals' files, which the CDN reads as anybody would: the one bucket that is public.
resource "google_storage_bucket" "static" {
  project                     = var.project
  name                        = "${var.prefix}-static"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "inherited"
  force_destroy               = true

  # A release that breaks a page is undone by its older version.
  versioning {
    enabled = true
  }

  lifecycle_rule {
    condition {
      with_state         = "ARCHIVED"
      num_newer_versions = 5
    }
    action {
      type = "Delete"
    }
  }
}

locals {
  # objectUser reads and writes objects; it changes neither rights nor buckets.
  uploads_users = { for name in ["web", "worker", "functions"] : name => var.members[name] }
}

resource "google_storage_bucket_iam_member" "uploads_user" {
  for_each = local.uploads_users
  bucket   = google_storage_bucket.uploads.name
  role     = "roles/storage.objectUser"
  member   = "serviceAccount:${each.value}"
}

# Only adds: replacing needs a right to delete, which it does not have.
resource "google_storage_bucket_iam_member" "audit_writer" {
  bucket = google_storage_bucket.audit.name
  role   = "roles/storage.objectCreator"
  member = "serviceAccount:${var.members["functions"]}"
}

resource "google_storage_bucket_iam_member" "static_writer" {
  bucket = google_storage_bucket.static.name
  role   = "roles/storage.objectUser"
  member = "serviceAccount:${var.members["build"]}"
}

# Objects by name only: objectViewer would let the world list them.
resource "google_storage_bucket_iam_member" "static_reader" {
  bucket = google_storage_bucket.static.name
  role   = "roles/storage.legacyObjectReader"
  member = "allUsers"
}

# Signed links without a key: each signs as itself, and as no other.
resource "google_service_account_iam_member" "signer" {
  for_each           = local.uploads_users
  service_account_id = "projects/${var.project}/serviceAccounts/${each.value}"
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = "serviceAccount:${each.value}"
}
