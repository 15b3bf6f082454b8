mock_provider "google" {
  mock_data "google_storage_project_service_account" {
    defaults = { email_address = "service-123456789012@gs-project-accounts.iam.gserviceaccount.com" }
  }
}

variables {
  project          = "banneton-test"
  region           = "europe-west3"
  network_name     = "banneton"
  connector_range  = "10.8.0.0/28"
  artefacts_bucket = "banneton-shared-artefacts"
  uploads_bucket   = "banneton-test-uploads"
  functions_sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  functions_object = "functions/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.zip"
  storage_urls     = { uploads = "gs://banneton-test-uploads", audit = "gs://banneton-test-audit" }
  secrets          = { DATABASE_URL = { id = "banneton-database-url", version = "7" } }
  environment      = { PUBLIC_URL = "https://app.banneton.example", LOG_LEVEL = "info" }
  members = {
    web       = "web@test.iam.gserviceaccount.com"
    worker    = "worker@test.iam.gserviceaccount.com"
    functions = "functions@test.iam.gserviceaccount.com"
    events    = "events@test.iam.gserviceaccount.com"
  }
}

run "only_those_who_need_it_may_call" {
  command = plan

  assert {
    condition = { for key, each in google_cloud_run_service_iam_member.invoker : key => each.member } == {
      "audit-event/worker"      = "serviceAccount:worker@test.iam.gserviceaccount.com"
      "export-report/web"       = "serviceAccount:web@test.iam.gserviceaccount.com"
      "export-report/worker"    = "serviceAccount:worker@test.iam.gserviceaccount.com"
      "upload-finalized/events" = "serviceAccount:events@test.iam.gserviceaccount.com"
    }
    error_message = "Each function has its callers and no other."
  }
  assert {
    condition     = alltrue([for each in google_cloudfunctions2_function.function : each.service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"])
    error_message = "No function answers the Internet."
  }
}

run "a_function_knows_its_audience_and_its_callers" {
  command = plan

  assert {
    condition     = google_cloudfunctions2_function.function["audit-event"].service_config[0].environment_variables["FUNCTION_AUDIENCE"] == "https://europe-west3-banneton-test.cloudfunctions.net/audit-event"
    error_message = "The audience is the function's own URL."
  }
  assert {
    condition     = google_cloudfunctions2_function.function["export-report"].service_config[0].environment_variables["FUNCTION_CALLERS"] == "web@test.iam.gserviceaccount.com,worker@test.iam.gserviceaccount.com"
    error_message = "The callers are those who may invoke it."
  }
  assert {
    condition     = google_cloudfunctions2_function.function["audit-event"].service_config[0].environment_variables["STORAGE_URL"] == "gs://banneton-test-audit"
    error_message = "The audit has a bucket of its own."
  }
}

run "secrets_come_by_version_and_not_by_value" {
  command = plan

  assert {
    condition     = alltrue([for each in google_cloudfunctions2_function.function : one(each.service_config[0].secret_environment_variables).version == "7"])
    error_message = "DATABASE_URL is a secret at a version."
  }
}

run "an_upload_calls_its_function" {
  command = plan

  assert {
    condition     = google_cloudfunctions2_function.function["upload-finalized"].event_trigger[0].event_type == "google.cloud.storage.object.v1.finalized" && one(google_cloudfunctions2_function.function["upload-finalized"].event_trigger[0].event_filters).value == "banneton-test-uploads"
    error_message = "Finalized objects of the uploads' bucket."
  }
  assert {
    condition     = google_project_iam_member.storage_publisher.role == "roles/pubsub.publisher" && startswith(google_project_iam_member.storage_publisher.member, "serviceAccount:service-") && google_project_iam_member.event_receiver.role == "roles/eventarc.eventReceiver"
    error_message = "Storage publishes and the trigger receives."
  }
  assert {
    condition     = length(google_cloudfunctions2_function.function["audit-event"].event_trigger) == 0
    error_message = "The others are called over HTTP."
  }
}

run "a_bundle_of_another_hash_is_refused" {
  command = plan
  variables {
    functions_object = "functions/latest.zip"
  }
  expect_failures = [var.functions_object]
}

run "a_secret_in_the_environment_is_refused" {
  command = plan
  variables {
    environment = { SMTP_URL = "smtps://user:password@mail.example:465" }
  }
  expect_failures = [var.environment]
}
