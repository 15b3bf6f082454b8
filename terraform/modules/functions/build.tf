# Google builds the bundle into an image; as an account that can do that and no more.
resource "google_service_account" "build" {
  project      = var.project
  account_id   = "banneton-functions-build"
  display_name = "Builds the functions' bundle into an image"
}

resource "google_artifact_registry_repository" "functions" {
  project       = var.project
  location      = var.region
  repository_id = "banneton-functions"
  format        = "DOCKER"
  description   = "Images that Google builds of the functions; the bundle is what was signed."

  # Each deployment builds anew; what no function runs any more is only a cost.
  cleanup_policies {
    id     = "old"
    action = "DELETE"
    condition {
      older_than = "7776000s"
    }
  }
  cleanup_policies {
    id     = "recent"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }
}

resource "google_artifact_registry_repository_iam_member" "build" {
  project    = var.project
  location   = var.region
  repository = google_artifact_registry_repository.functions.name
  role       = "roles/artifactregistry.writer"
  member     = "serviceAccount:${google_service_account.build.email}"
}

# A build that cannot write its log fails; the right exists only on projects.
resource "google_project_iam_member" "build_log" {
  project = var.project
  role    = "roles/logging.logWriter"
  member  = "serviceAccount:${google_service_account.build.email}"
}
