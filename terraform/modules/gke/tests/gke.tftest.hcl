mock_provider "google" {}

variables {
  project        = "banneton-test"
  region         = "europe-west3"
  name           = "banneton"
  is_prod        = true
  node_email     = "banneton-nodes@banneton-test.iam.gserviceaccount.com"
  network        = "banneton"
  subnetwork     = "banneton"
  image_patterns = ["europe-west3-docker.pkg.dev/banneton-shared/banneton/*"]
  workloads = {
    web = { account = "banneton/web", email = "banneton-web@banneton-test.iam.gserviceaccount.com" }
  }
}

run "prod_refuses_images_of_others" {
  command = plan
  assert {
    condition     = google_binary_authorization_policy.this.default_admission_rule[0].enforcement_mode == "ENFORCED_BLOCK_AND_AUDIT_LOG"
    error_message = "Images of others run."
  }
  assert {
    condition     = google_container_cluster.this.deletion_protection
    error_message = "The cluster can be deleted."
  }
  assert {
    condition     = google_service_account_iam_member.workload["web"].member == "serviceAccount:banneton-test.svc.id.goog[banneton/web]"
    error_message = "Another account of Kubernetes acts as web."
  }
}

run "dev_only_says_so" {
  command = plan
  variables {
    is_prod = false
  }
  assert {
    condition     = google_binary_authorization_policy.this.default_admission_rule[0].enforcement_mode == "DRYRUN_AUDIT_LOG_ONLY"
    error_message = "Dev refuses."
  }
}

run "a_pattern_names_its_registry" {
  command = plan
  variables {
    image_patterns = ["*"]
  }
  expect_failures = [var.image_patterns]
}
