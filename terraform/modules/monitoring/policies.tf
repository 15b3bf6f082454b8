# What Prometheus in the cluster cannot see or would not survive. Everything else alerts there: no alert twice.
locals {
  policies = {
    database-cpu = {
      title    = "Database CPU above 80 %"
      severity = "WARNING"
      for      = "600s"
      query    = "max by (database_id) (cloudsql_googleapis_com:database_cpu_utilization{monitored_resource=\"cloudsql_database\"}) > 0.8"
    }
    redis-memory = {
      title    = "Redis memory above 90 %"
      severity = "WARNING"
      for      = "300s"
      query    = "max by (instance_id) (redis_googleapis_com:stats_memory_usage_ratio{monitored_resource=\"redis_instance\"}) > 0.9"
    }
    certificate-expiry = {
      title    = "Certificate ends within 14 days"
      severity = "CRITICAL"
      for      = "1800s"
      query    = "min by (host) (monitoring_googleapis_com:uptime_check_time_until_ssl_cert_expires{monitored_resource=\"uptime_url\"}) < 14"
    }
    function-errors = {
      title    = "More than 5 % of a function's calls fail"
      severity = "WARNING"
      for      = "600s"
      query    = <<-EOT
        sum by (service_name) (rate(run_googleapis_com:request_count{monitored_resource="cloud_run_revision",service_name=~"${join("|", var.functions)}",response_code_class="5xx"}[5m]))
        / sum by (service_name) (rate(run_googleapis_com:request_count{monitored_resource="cloud_run_revision",service_name=~"${join("|", var.functions)}"}[5m]))
        > 0.05
      EOT
    }
    event-dead-letters = {
      title    = "Events that no follower could take"
      severity = "WARNING"
      for      = "300s"
      query    = "max by (subscription_id) (pubsub_googleapis_com:subscription_num_undelivered_messages{monitored_resource=\"pubsub_subscription\",subscription_id=\"${var.dead_subscription}\"}) > 0"
    }
  }
}

resource "google_monitoring_alert_policy" "prometheus" {
  for_each              = local.policies
  project               = var.project
  display_name          = each.value.title
  severity              = each.value.severity
  combiner              = "OR"
  notification_channels = local.channels[each.value.severity]

  conditions {
    display_name = each.value.title
    condition_prometheus_query_language {
      query               = each.value.query
      duration            = each.value.for
      evaluation_interval = "60s"
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "What to do: [${each.key}](${var.runbooks_url}/${each.key}.md)"
  }
}

resource "google_monitoring_alert_policy" "site_down" {
  project               = var.project
  display_name          = "The site does not answer from outside"
  severity              = "CRITICAL"
  combiner              = "OR"
  notification_channels = local.channels.CRITICAL

  conditions {
    display_name = "Two places of the world or more get no answer"
    condition_threshold {
      filter          = "metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type=\"uptime_url\" AND metric.labels.check_id=\"${google_monitoring_uptime_check_config.web.uptime_check_id}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "60s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "What to do: [site-down](${var.runbooks_url}/site-down.md)"
  }
}
