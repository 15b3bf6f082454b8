mock_provider "google" {}

variables {
  project     = "banneton-test"
  region      = "europe-west3"
  prefix      = "banneton-test"
  app_origins = ["https://app.banneton.example"]
  members = {
    web       = "web@test.iam.gserviceaccount.com"
    worker    = "worker@test.iam.gserviceaccount.com"
    functions = "functions@test.iam.gserviceaccount.com"
    build     = "build@shared.iam.gserviceaccount.com"
  }
}

run "only_static_is_public" {
  command = plan

  assert {
    condition     = alltrue([for each in [google_storage_bucket.uploads, google_storage_bucket.audit] : each.public_access_prevention == "enforced" && each.uniform_bucket_level_access])
    error_message = "Uploads and audit must refuse public access, with uniform rights."
  }
  assert {
    condition     = google_storage_bucket_iam_member.static_reader.member == "allUsers" && google_storage_bucket_iam_member.static_reader.role == "roles/storage.legacyObjectReader"
    error_message = "The static bucket is read by name, and not listed."
  }
}

run "what_is_deleted_comes_back" {
  command = plan

  assert {
    condition     = google_storage_bucket.uploads.versioning[0].enabled
    error_message = "Uploads must keep versions."
  }
  assert {
    condition     = anytrue([for each in google_storage_bucket.uploads.lifecycle_rule : anytrue([for action in each.action : action.type == "AbortIncompleteMultipartUpload"])])
    error_message = "Unfinished uploads must end."
  }
}

run "the_audit_only_grows" {
  command = plan

  assert {
    condition     = google_storage_bucket.audit.retention_policy[0].retention_period == 3650 * 86400
    error_message = "Ten years of retention."
  }
  assert {
    condition     = google_storage_bucket_iam_member.audit_writer.role == "roles/storage.objectCreator"
    error_message = "Its writer must not be able to delete."
  }
}

run "only_the_app_uploads_from_a_browser" {
  command = plan

  assert {
    condition     = tolist(google_storage_bucket.uploads.cors[0].origin) == tolist(["https://app.banneton.example"])
    error_message = "CORS is for the app's origin alone."
  }
}

run "a_wildcard_origin_is_refused" {
  command = plan
  variables {
    app_origins = ["https://*.banneton.example"]
  }
  expect_failures = [var.app_origins]
}
