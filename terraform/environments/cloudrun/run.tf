locals {
  plain = {
    NODE_ENV      = "production"
    PUBLIC_URL    = "https://${var.host}"
    ALLOWED_HOSTS = var.host
    HOST          = "0.0.0.0"
    LOG_LEVEL     = "info"
    STORAGE_URL   = "gs://${google_storage_bucket.files.name}"
    # Cloud Run's own door appends the client's address.
    TRUSTED_PROXIES = "1"
  }
  migrate_secrets = {
    MIGRATE_DATABASE_URL = "banneton-migrate-database-url"
    DATABASE_URL         = "banneton-database-url"
    DATABASE_CA          = "banneton-database-ca"
  }
  # A secret without a version stops the service: it is asked for only where there is a client.
  google = var.google_client_id == "" ? [] : [1]
  services = {
    web = {
      port    = 3000
      ingress = "INGRESS_TRAFFIC_ALL"
      plain   = merge(local.plain, { for _ in local.google : "GOOGLE_CLIENT_ID" => var.google_client_id })
      secrets = merge(
        { DATABASE_URL = "banneton-database-url", DATABASE_CA = "banneton-database-ca", AUTH_SECRET = "banneton-auth-secret", SMTP_URL = "banneton-smtp-url" },
        { for _ in local.google : "GOOGLE_CLIENT_SECRET" => "banneton-google-client-secret" },
      )
    }
    worker = {
      port    = 9465
      ingress = "INGRESS_TRAFFIC_INTERNAL_ONLY"
      plain   = merge(local.plain, { WORKER_HOST = "0.0.0.0", WORKER_PORT = "9465" })
      secrets = { DATABASE_URL = "banneton-database-url", DATABASE_CA = "banneton-database-ca", SMTP_URL = "banneton-smtp-url" }
    }
  }
}

resource "google_cloud_run_v2_service" "this" {
  for_each            = local.services
  project             = var.project
  location            = var.region
  name                = each.key
  ingress             = each.value.ingress
  deletion_protection = true
  # The app asks who somebody is by itself; the worker is not reached from outside at all.
  invoker_iam_disabled = each.key == "web"
  template {
    service_account = module.iam.emails[each.key]
    scaling {
      # Jobs have nobody who calls: one worker is always there.
      min_instance_count = each.key == "worker" ? 1 : 0
      max_instance_count = each.key == "worker" ? 1 : 4
    }
    vpc_access {
      egress = "PRIVATE_RANGES_ONLY"
      network_interfaces {
        network    = module.network.network
        subnetwork = module.network.subnetwork
      }
    }
    containers {
      image = var.image
      args  = [each.key]
      ports {
        container_port = each.value.port
      }
      resources {
        limits   = { cpu = "1", memory = "1Gi" }
        cpu_idle = each.key == "web"
      }
      dynamic "env" {
        for_each = each.value.plain
        content {
          name  = env.key
          value = env.value
        }
      }
      dynamic "env" {
        for_each = each.value.secrets
        content {
          name = env.key
          value_source {
            secret_key_ref {
              secret  = module.secrets.ids[env.value]
              version = var.secret_versions[env.key]
            }
          }
        }
      }
      startup_probe {
        failure_threshold = 30
        period_seconds    = 2
        http_get {
          path = "/healthz"
          port = each.value.port
        }
      }
    }
  }
}

# Run before a new image takes over: docs/first-deploy.md.
resource "google_cloud_run_v2_job" "migrate" {
  project             = var.project
  location            = var.region
  name                = "migrate"
  deletion_protection = true
  template {
    template {
      service_account = module.iam.emails["migrate"]
      max_retries     = 0
      timeout         = "900s"
      vpc_access {
        egress = "PRIVATE_RANGES_ONLY"
        network_interfaces {
          network    = module.network.network
          subnetwork = module.network.subnetwork
        }
      }
      containers {
        image = var.image
        args  = ["migrate"]
        # The app's role, which the migrations grant to, is the one in DATABASE_URL.
        dynamic "env" {
          for_each = local.migrate_secrets
          content {
            name = env.key
            value_source {
              secret_key_ref {
                secret  = module.secrets.ids[env.value]
                version = var.secret_versions[env.key]
              }
            }
          }
        }
      }
    }
  }
}
