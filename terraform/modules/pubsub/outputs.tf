output "topic" {
  description = "PUBSUB_TOPIC of the worker."
  value       = google_pubsub_topic.events.name
}

output "dead_subscription" {
  value = google_pubsub_subscription.dead.name
}
