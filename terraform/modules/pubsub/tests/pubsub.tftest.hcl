mock_provider "google" {}

variables {
  project        = "banneton-test"
  project_number = "123456789012"
  region         = "europe-west3"
  publisher      = "worker@test.iam.gserviceaccount.com"
}

run "a_message_is_dead_after_five_attempts" {
  command = plan

  assert {
    condition     = google_pubsub_subscription.events.dead_letter_policy[0].max_delivery_attempts == 5
    error_message = "Five attempts."
  }
}

run "the_agent_can_move_dead_letters" {
  command = plan

  assert {
    condition     = google_pubsub_topic_iam_member.dead_publisher.member == "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com" && google_pubsub_topic_iam_member.dead_publisher.role == "roles/pubsub.publisher"
    error_message = "It publishes to the dead letters' topic."
  }
  assert {
    condition     = google_pubsub_subscription_iam_member.dead_acknowledger.member == google_pubsub_topic_iam_member.dead_publisher.member && google_pubsub_subscription_iam_member.dead_acknowledger.role == "roles/pubsub.subscriber"
    error_message = "It acknowledges what it moved."
  }
}

run "nothing_expires_unread" {
  command = plan

  assert {
    condition     = alltrue([for each in [google_pubsub_subscription.events, google_pubsub_subscription.dead] : each.expiration_policy[0].ttl == ""])
    error_message = "Subscriptions never expire."
  }
  assert {
    condition     = google_pubsub_topic.dead.message_retention_duration == "2592000s"
    error_message = "Dead letters are kept for a month."
  }
}
