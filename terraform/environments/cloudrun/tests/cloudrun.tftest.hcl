mock_provider "google" {}

run "only_the_web_is_reached_from_outside" {
  command = plan

  assert {
    condition     = google_cloud_run_v2_service.this["worker"].ingress == "INGRESS_TRAFFIC_INTERNAL_ONLY" && !google_cloud_run_v2_service.this["worker"].invoker_iam_disabled
    error_message = "The worker answers strangers."
  }
  assert {
    condition     = google_cloud_run_v2_service.this["worker"].template[0].scaling[0].min_instance_count == 1
    error_message = "Jobs wait for somebody to call."
  }
}

run "without_a_client_nobody_asks_for_its_secret" {
  command = plan

  assert {
    condition     = !anytrue([for env in google_cloud_run_v2_service.this["web"].template[0].containers[0].env : startswith(env.name, "GOOGLE_CLIENT")])
    error_message = "The web waits for a secret that has no version."
  }
}

run "with_a_client_the_web_alone_has_both_halves" {
  command = plan

  variables {
    google_client_id = "1234567890-example.apps.googleusercontent.com"
  }

  assert {
    condition     = toset([for env in google_cloud_run_v2_service.this["web"].template[0].containers[0].env : env.name if startswith(env.name, "GOOGLE_CLIENT")]) == toset(["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"])
    error_message = "Half a client stops the web."
  }
  assert {
    condition     = !anytrue([for env in google_cloud_run_v2_service.this["worker"].template[0].containers[0].env : startswith(env.name, "GOOGLE_CLIENT")])
    error_message = "The worker signs nobody in."
  }
}

run "an_image_is_a_digest" {
  command = plan

  variables {
    image = "europe-west3-docker.pkg.dev/banneton-shared/banneton/web:latest"
  }

  expect_failures = [var.image]
}
