mock_provider "google" {}

variables {
  project = "banneton-shared"
  region  = "europe-west3"
  writer  = "banneton-build@banneton-shared.iam.gserviceaccount.com"
  readers = { "dev/nodes" = "nodes@banneton-dev.iam.gserviceaccount.com" }
}

run "a_released_tag_stays_what_it_was" {
  command = plan
  assert {
    condition     = google_artifact_registry_repository.this.docker_config[0].immutable_tags
    error_message = "A tag can be moved."
  }
  assert {
    condition     = output.image == "europe-west3-docker.pkg.dev/banneton-shared/banneton/web"
    error_message = "The image has another name."
  }
}
