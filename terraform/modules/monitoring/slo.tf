locals {
  requests = "metric.type=\"loadbalancing.googleapis.com/https/request_count\" resource.type=\"https_lb_rule\" resource.labels.url_map_name=monitoring.regex.full_match(\"${var.url_map_pattern}\")"
  # The share of a month's allowed errors that is gone so fast: 2 % in an hour; 5 % in six. Each needs its short
  # window too, so that the alert ends when the errors do.
  # https://sre.google/workbook/alerting-on-slos/
  burns = {
    fast = { severity = "CRITICAL", rate = 14.4, windows = ["3600s", "300s"] }
    slow = { severity = "WARNING", rate = 6, windows = ["21600s", "1800s"] }
  }
}

resource "google_monitoring_custom_service" "web" {
  project      = var.project
  service_id   = "banneton-web"
  display_name = "Banneton web"
}

# Counted at Google's door: what never reached a pod counts too.
resource "google_monitoring_slo" "availability" {
  project             = var.project
  service             = google_monitoring_custom_service.web.service_id
  slo_id              = "availability"
  display_name        = "Requests that are answered, ${var.availability_goal * 100} % of 28 days"
  goal                = var.availability_goal
  rolling_period_days = 28

  request_based_sli {
    good_total_ratio {
      total_service_filter = local.requests
      bad_service_filter   = "${local.requests} metric.labels.response_code_class=500"
    }
  }
}

resource "google_monitoring_alert_policy" "burn" {
  for_each              = local.burns
  project               = var.project
  display_name          = "The month's allowed errors go ${each.key == "fast" ? "within two days" : "within five days"}"
  severity              = each.value.severity
  combiner              = "AND"
  notification_channels = local.channels[each.value.severity]

  dynamic "conditions" {
    for_each = each.value.windows
    content {
      display_name = "Burn rate of ${conditions.value}"
      condition_threshold {
        filter          = "select_slo_burn_rate(\"${google_monitoring_slo.availability.id}\", \"${conditions.value}\")"
        comparison      = "COMPARISON_GT"
        threshold_value = each.value.rate
        duration        = "0s"
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "What to do: [error-budget](${var.runbooks_url}/error-budget.md)"
  }
}
