mock_provider "google" {}

variables {
  project         = "banneton-test"
  region          = "europe-west3"
  name            = "banneton"
  memory_gb       = 1
  private_network = "projects/banneton-test/global/networks/banneton"
}

run "nobody_reads_it_unasked" {
  command = plan
  assert {
    condition     = google_redis_instance.this.auth_enabled && google_redis_instance.this.transit_encryption_mode == "SERVER_AUTHENTICATION"
    error_message = "It answers without a password, or in the clear."
  }
}
