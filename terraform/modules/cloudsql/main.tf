resource "google_sql_database_instance" "this" {
  project          = var.project
  region           = var.region
  name             = var.name
  database_version = "POSTGRES_17"
  # Terraform refuses to delete it; `settings.deletion_protection_enabled` makes Google refuse too.
  deletion_protection = var.is_prod
  settings {
    tier                        = var.tier
    edition                     = "ENTERPRISE"
    availability_type           = var.is_prod ? "REGIONAL" : "ZONAL"
    deletion_protection_enabled = var.is_prod
    disk_type                   = "PD_SSD"
    disk_autoresize             = true
    ip_configuration {
      # No address on the Internet: a leaked password alone opens nothing.
      ipv4_enabled    = false
      private_network = var.private_network
      # Plain connections are refused even inside the network.
      ssl_mode = "ENCRYPTED_ONLY"
    }
    backup_configuration {
      enabled                        = true
      start_time                     = "01:00"
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = 7
      backup_retention_settings {
        retained_backups = 14
      }
    }
    insights_config {
      query_insights_enabled = true
      # Values in queries and addresses of people stay out of what is shown.
      record_client_address   = false
      record_application_tags = true
    }
    maintenance_window {
      day          = 7
      hour         = 3
      update_track = "stable"
    }
    database_flags {
      name  = "log_min_duration_statement"
      value = "1000"
    }
  }
}

resource "google_sql_database" "this" {
  project  = var.project
  instance = google_sql_database_instance.this.name
  name     = "banneton"
  # The instance's going is what removes it, never a plan of its own.
  deletion_policy = "ABANDON"
}

# Long reports read here, so that they never wait for tills nor tills for them.
resource "google_sql_database_instance" "reports" {
  count                = var.has_reports_replica ? 1 : 0
  project              = var.project
  region               = var.region
  name                 = "${var.name}-reports"
  database_version     = google_sql_database_instance.this.database_version
  master_instance_name = google_sql_database_instance.this.name
  # Nothing is in it that is not in the instance it copies.
  deletion_protection = false
  settings {
    tier              = var.tier
    edition           = "ENTERPRISE"
    availability_type = "ZONAL"
    disk_autoresize   = true
    ip_configuration {
      ipv4_enabled    = false
      private_network = var.private_network
      ssl_mode        = "ENCRYPTED_ONLY"
    }
  }
}
