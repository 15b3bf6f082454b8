mock_provider "google" {}

variables {
  project = "banneton-test"
  region  = "europe-west3"
  name    = "banneton"
  ranges = {
    machines        = "10.10.0.0/20"
    pods            = "10.20.0.0/16"
    services        = "10.30.0.0/20"
    google_services = "10.40.0.0/16"
  }
}

run "only_iap_reaches_a_machine" {
  command = plan
  assert {
    condition     = toset(google_compute_firewall.iap.source_ranges) == toset(["35.235.240.0/20"])
    error_message = "A shell is open to others than Identity-Aware Proxy."
  }
  assert {
    condition     = google_compute_firewall.deny.priority > google_compute_firewall.iap.priority
    error_message = "The denial comes before what is allowed."
  }
}

run "a_range_is_a_network" {
  command = plan
  variables {
    ranges = { machines = "10.10", pods = "10.20.0.0/16", services = "10.30.0.0/20", google_services = "10.40.0.0/16" }
  }
  expect_failures = [var.ranges]
}
