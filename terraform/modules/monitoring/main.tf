locals {
  # Critical wakes somebody by both; a warning waits in Slack.
  channels = {
    CRITICAL = [google_monitoring_notification_channel.email.id, var.slack_channel]
    WARNING  = [var.slack_channel]
  }
}

resource "google_monitoring_notification_channel" "email" {
  project      = var.project
  display_name = "Banneton on call"
  type         = "email"
  labels       = { email_address = var.alert_email }
}

# From outside, as people come: DNS, certificate, Gateway, app.
resource "google_monitoring_uptime_check_config" "web" {
  project      = var.project
  display_name = "banneton web"
  timeout      = "10s"
  period       = "60s"

  monitored_resource {
    type   = "uptime_url"
    labels = { project_id = var.project, host = var.host }
  }

  http_check {
    path = "/healthz"
    port = 443
    # A certificate that a browser refuses is a site that is down.
    use_ssl      = true
    validate_ssl = true
  }
}

resource "google_monitoring_dashboard" "cloud" {
  project        = var.project
  dashboard_json = file("${path.module}/dashboard.json")
}
