# What carries an upload's event: Storage → Pub/Sub → Eventarc → the function. Two grants that nothing
# asks for until no event arrives; both exist only on projects.
data "google_storage_project_service_account" "storage" {
  project = var.project
}

resource "google_project_iam_member" "storage_publisher" {
  project = var.project
  role    = "roles/pubsub.publisher"
  member  = "serviceAccount:${data.google_storage_project_service_account.storage.email_address}"
}

resource "google_project_iam_member" "event_receiver" {
  project = var.project
  role    = "roles/eventarc.eventReceiver"
  member  = "serviceAccount:${var.members.events}"
}
