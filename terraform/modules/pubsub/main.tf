locals {
  # Google's own account moves dead letters, by rights that it has only if they are given.
  agent = "serviceAccount:service-${var.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_pubsub_topic" "events" {
  project = var.project
  name    = "banneton-events"
  # A follower that was broken, or is new, reads these days again.
  message_retention_duration = "604800s"

  # Events name people and prices: they stay in the region of the database.
  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

resource "google_pubsub_topic" "dead" {
  project                    = var.project
  name                       = "banneton-events-dead"
  message_retention_duration = "2592000s"

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

resource "google_pubsub_subscription" "events" {
  project = var.project
  name    = "banneton-events-followers"
  topic   = google_pubsub_topic.events.id
  # By subject: what happened to one record arrives in its order.
  enable_message_ordering    = true
  ack_deadline_seconds       = 60
  message_retention_duration = "604800s"

  # Without this a subscription that nobody reads for a month is deleted, with what waits in it.
  expiration_policy {
    ttl = ""
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  # With order, one poisonous message would hold up its subject for good.
  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead.id
    max_delivery_attempts = 5
  }
}

# A topic without a subscription keeps nothing that can be read: this one holds dead letters until
# somebody has seen to them.
resource "google_pubsub_subscription" "dead" {
  project                    = var.project
  name                       = "banneton-events-dead"
  topic                      = google_pubsub_topic.dead.id
  ack_deadline_seconds       = 60
  message_retention_duration = "2592000s"

  expiration_policy {
    ttl = ""
  }
}

# The first of two grants that dead letters need: to publish there …
resource "google_pubsub_topic_iam_member" "dead_publisher" {
  project = var.project
  topic   = google_pubsub_topic.dead.name
  role    = "roles/pubsub.publisher"
  member  = local.agent
}

# … and the second: to acknowledge here what it moved. Without it a message is in both places.
resource "google_pubsub_subscription_iam_member" "dead_acknowledger" {
  project      = var.project
  subscription = google_pubsub_subscription.events.name
  role         = "roles/pubsub.subscriber"
  member       = local.agent
}

resource "google_pubsub_topic_iam_member" "publisher" {
  project = var.project
  topic   = google_pubsub_topic.events.name
  role    = "roles/pubsub.publisher"
  member  = "serviceAccount:${var.publisher}"
}
