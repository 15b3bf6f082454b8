# What a build made besides the image: worker binaries and function bundles, each named by its hash. One
# bucket for all environments, so that what was tried in dev is what runs in prod.
resource "google_storage_bucket" "artefacts" {
  project                     = var.project
  name                        = "${var.project}-artefacts"
  location                    = var.region
  uniform_bucket_level_access = true
  # What runs in production is not for the world to download.
  public_access_prevention = "enforced"
  force_destroy            = false

  # Nobody replaces what a hash names, nor deletes what a rollback may want.
  retention_policy {
    retention_period = var.retention_days * 86400
  }

  lifecycle_rule {
    condition {
      age = var.kept_days
    }
    action {
      type = "Delete"
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

# Only adds: a build never replaces what another one made.
resource "google_storage_bucket_iam_member" "writer" {
  bucket = google_storage_bucket.artefacts.name
  role   = "roles/storage.objectCreator"
  member = "serviceAccount:${var.writer}"
}

# It looks before it adds: what is there already is not sent again.
resource "google_storage_bucket_iam_member" "writer_looks" {
  bucket = google_storage_bucket.artefacts.name
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:${var.writer}"
}

resource "google_storage_bucket_iam_member" "reader" {
  for_each = var.readers
  bucket   = google_storage_bucket.artefacts.name
  role     = "roles/storage.objectViewer"
  member   = "serviceAccount:${each.value}"
}
