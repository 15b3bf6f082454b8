mock_provider "google" {
  mock_resource "google_monitoring_notification_channel" {
    defaults = { id = "projects/banneton-test/notificationChannels/1" }
  }
}

variables {
  project           = "banneton-test"
  host              = "app.banneton.example"
  alert_email       = "on-call@banneton.example"
  slack_channel     = "projects/banneton-test/notificationChannels/2"
  runbooks_url      = "https://git.example/banneton/blob/main/docs/runbooks"
  functions         = ["audit-event", "export-report", "upload-finalized"]
  dead_subscription = "banneton-events-dead"
}

run "each_policy_tells_somebody_what_to_do" {
  command = apply

  assert {
    condition     = alltrue([for each in concat(values(google_monitoring_alert_policy.prometheus), values(google_monitoring_alert_policy.burn), [google_monitoring_alert_policy.site_down]) : contains(each.notification_channels, var.slack_channel)])
    error_message = "Every policy has a channel."
  }
  assert {
    condition     = alltrue([for each in concat(values(google_monitoring_alert_policy.prometheus), values(google_monitoring_alert_policy.burn), [google_monitoring_alert_policy.site_down]) : can(regex("\\(https://.*/docs/runbooks/[a-z-]+\\.md\\)", each.documentation[0].content))])
    error_message = "Every policy links its runbook."
  }
  assert {
    condition     = alltrue([for each in concat(values(google_monitoring_alert_policy.prometheus), values(google_monitoring_alert_policy.burn), [google_monitoring_alert_policy.site_down]) : each.severity != "CRITICAL" || length(each.notification_channels) == 2])
    error_message = "What is critical goes to e-mail too."
  }
}

run "only_what_prometheus_cannot_see" {
  command = plan

  assert {
    condition     = toset(keys(google_monitoring_alert_policy.prometheus)) == toset(["database-cpu", "redis-memory", "certificate-expiry", "function-errors", "event-dead-letters"])
    error_message = "The rest alerts in Prometheus: no alert twice."
  }
}

run "the_budget_burns_over_two_windows" {
  command = apply

  assert {
    condition     = alltrue([for each in google_monitoring_alert_policy.burn : each.combiner == "AND" && length(each.conditions) == 2])
    error_message = "A long and a short window."
  }
  assert {
    condition     = google_monitoring_slo.availability.goal == 0.999
    error_message = "Of a thousand requests one may fail."
  }
}

run "the_check_comes_as_people_do" {
  command = plan

  assert {
    condition     = google_monitoring_uptime_check_config.web.http_check[0].use_ssl && google_monitoring_uptime_check_config.web.http_check[0].validate_ssl
    error_message = "Over TLS, and by its certificate."
  }
}

run "the_dashboard_is_one" {
  command = plan

  assert {
    condition     = length(jsondecode(google_monitoring_dashboard.cloud.dashboard_json).mosaicLayout.tiles) == 10
    error_message = "Ten panels."
  }
}

run "a_hundred_per_cent_is_refused" {
  command = plan
  variables {
    availability_goal = 1
  }
  expect_failures = [var.availability_goal]
}
