mock_provider "google" {}

variables {
  project          = "banneton-test"
  region           = "europe-west3"
  zones            = ["europe-west3-a", "europe-west3-b", "europe-west3-c"]
  network          = "projects/banneton-test/global/networks/banneton"
  subnetwork       = "projects/banneton-test/regions/europe-west3/subnetworks/banneton"
  service_account  = "worker@test.iam.gserviceaccount.com"
  artefacts_bucket = "banneton-shared-artefacts"
  worker_sha256    = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  worker_object    = "worker/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/banneton-worker"
  secrets          = { DATABASE_URL = { id = "banneton-database-url", version = "7" } }
  environment      = { LOG_LEVEL = "info" }
}

run "the_machine_is_closed" {
  command = plan

  assert {
    condition     = length(google_compute_region_instance_template.worker.network_interface[0].access_config) == 0
    error_message = "It has no address of the Internet."
  }
  assert {
    condition     = google_compute_region_instance_template.worker.shielded_instance_config[0].enable_secure_boot
    error_message = "It boots only what is signed."
  }
  assert {
    condition     = google_compute_region_instance_template.worker.metadata["enable-oslogin"] == "TRUE" && google_compute_region_instance_template.worker.metadata["block-project-ssh-keys"] == "TRUE"
    error_message = "People come by OS Login."
  }
  assert {
    condition     = google_compute_firewall.health.source_ranges == toset(["35.191.0.0/16", "130.211.0.0/22"]) && length(google_compute_firewall.metrics) == 0
    error_message = "Only health checkers reach the port."
  }
}

run "secrets_are_named_and_not_told" {
  command = plan

  assert {
    condition     = strcontains(google_compute_region_instance_template.worker.metadata["user-data"], "DATABASE_URL projects/banneton-test/secrets/banneton-database-url/versions/7\n")
    error_message = "A secret is named by its version."
  }
}

run "the_binary_is_named_by_its_hash" {
  command = plan

  assert {
    condition     = strcontains(google_compute_region_instance_template.worker.metadata["user-data"], "SHA256=${var.worker_sha256}\n")
    error_message = "The machine knows the hash that it checks."
  }
}

run "another_hash_than_the_objects_is_refused" {
  command = plan
  variables {
    worker_sha256 = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
  }
  expect_failures = [var.worker_object]
}

run "a_secret_in_the_environment_is_refused" {
  command = plan
  variables {
    environment = { DATABASE_URL = "postgres://worker:password@10.0.0.3/banneton" }
  }
  expect_failures = [var.environment]
}

run "a_version_that_moves_is_refused" {
  command = plan
  variables {
    secrets = { DATABASE_URL = { id = "banneton-database-url", version = "latest" } }
  }
  expect_failures = [var.secrets]
}

run "it_is_replaced_before_it_is_gone_and_healed" {
  command = plan

  assert {
    condition     = google_compute_region_instance_group_manager.worker.target_size == 1 && google_compute_region_instance_group_manager.worker.update_policy[0].max_unavailable_fixed == 0
    error_message = "One machine, and never none."
  }
  assert {
    condition     = google_compute_region_health_check.worker.http_health_check[0].request_path == "/healthz" && google_compute_region_health_check.worker.http_health_check[0].port == 9465
    error_message = "Healed by /healthz."
  }
}
