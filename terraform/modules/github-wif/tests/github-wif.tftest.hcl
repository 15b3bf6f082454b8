mock_provider "google" {}

variables {
  project        = "banneton-shared"
  project_number = "1"
  repository     = "bakery/banneton"
  repository_id  = "12"
  owner_id       = "34"
  subjects = {
    apply-prod = { project = "banneton-prod", email = "banneton-apply@banneton-prod.iam.gserviceaccount.com", subject = "environment:production" }
  }
  readers = {
    plan-prod = { project = "banneton-prod", email = "banneton-plan@banneton-prod.iam.gserviceaccount.com" }
  }
}

run "prod_is_applied_from_its_environment_alone" {
  command = plan
  assert {
    condition     = endswith(google_service_account_iam_member.subject["apply-prod"].member, "/subject/repo:bakery/banneton:environment:production")
    error_message = "Another job applies prod."
  }
  assert {
    condition     = google_iam_workload_identity_pool_provider.this.attribute_condition == "assertion.repository_id == '12' && assertion.repository_owner_id == '34'"
    error_message = "Another repository is let in."
  }
}

run "a_repository_is_a_number" {
  command = plan
  variables {
    repository_id = "bakery/banneton"
  }
  expect_failures = [var.repository_id]
}
