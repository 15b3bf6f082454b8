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

run "an_image_is_a_digest" {
  command = plan

  variables {
    image = "europe-west3-docker.pkg.dev/banneton-shared/banneton/web:latest"
  }

  expect_failures = [var.image]
}
