mock_provider "google" {}

variables {
  project = "banneton-shared"
  region  = "europe-west3"
  writer  = "build@shared.iam.gserviceaccount.com"
  readers = { dev_worker = "worker@dev.iam.gserviceaccount.com" }
}

run "a_build_adds_and_never_replaces" {
  command = plan

  assert {
    condition     = google_storage_bucket_iam_member.writer.role == "roles/storage.objectCreator"
    error_message = "The build must not be able to delete."
  }
  assert {
    condition     = google_storage_bucket.artefacts.public_access_prevention == "enforced"
    error_message = "Artefacts are not public."
  }
  assert {
    condition     = google_storage_bucket_iam_member.reader["dev_worker"].role == "roles/storage.objectViewer"
    error_message = "A worker only reads."
  }
}

run "nothing_is_deleted_within_its_retention" {
  command = plan
  variables {
    kept_days = 30
  }
  expect_failures = [var.kept_days]
}
