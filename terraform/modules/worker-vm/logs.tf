# The worker's lines, which are JSON in Cloud Logging's own fields, from the journal to Cloud Logging.
locals {
  agent_config = yamlencode({
    logging = {
      receivers  = { journal = { type = "systemd_journald" } }
      processors = { json = { type = "parse_json", field = "MESSAGE" } }
      service    = { pipelines = { default_pipeline = { receivers = ["journal"], processors = ["json"] } } }
    }
    # Numbers come from /metrics: sent twice they would be paid for twice.
    metrics = { service = { pipelines = { default_pipeline = { receivers = [] } } } }
  })
  agent_path = "/etc/google-cloud-ops-agent/config.yaml"
  agent_file = "echo '${base64encode(local.agent_config)}' | base64 -d"
}

resource "google_os_config_os_policy_assignment" "logs" {
  for_each = toset(var.zones)
  project  = var.project
  location = each.value
  name     = "banneton-worker-logs"

  instance_filter {
    inclusion_labels {
      labels = local.labels
    }
  }

  os_policies {
    id   = "ops-agent"
    mode = "ENFORCEMENT"

    resource_groups {
      resources {
        id = "repository"
        repository {
          apt {
            archive_type = "DEB"
            uri          = "https://packages.cloud.google.com/apt"
            distribution = "google-cloud-ops-agent-noble-all"
            components   = ["main"]
            gpg_key      = "https://packages.cloud.google.com/apt/doc/apt-key.gpg"
          }
        }
      }
      resources {
        id = "package"
        pkg {
          desired_state = "INSTALLED"
          apt {
            name = "google-cloud-ops-agent"
          }
        }
      }
      # 100 says that it is as it should be, 101 that it is not.
      resources {
        id = "configuration"
        exec {
          validate {
            interpreter = "SHELL"
            script      = "${local.agent_file} | cmp -s - ${local.agent_path} && exit 100; exit 101"
          }
          enforce {
            interpreter = "SHELL"
            script      = "${local.agent_file} >${local.agent_path} && systemctl restart google-cloud-ops-agent && exit 100"
          }
        }
      }
    }
  }

  rollout {
    min_wait_duration = "0s"
    disruption_budget {
      fixed = 1
    }
  }
}

# Only writes, and exists only on projects.
resource "google_project_iam_member" "log_writer" {
  project = var.project
  role    = "roles/logging.logWriter"
  member  = "serviceAccount:${var.service_account}"
}
