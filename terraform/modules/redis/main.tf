resource "google_redis_instance" "this" {
  project        = var.project
  region         = var.region
  name           = var.name
  tier           = "STANDARD_HA"
  memory_size_gb = var.memory_gb
  redis_version  = "REDIS_7_2"
  # Peered like the database: its addresses come from the range reserved for Google's services.
  connect_mode       = "PRIVATE_SERVICE_ACCESS"
  authorized_network = var.private_network
  # Being in the network is no right to read sessions and limits.
  auth_enabled            = true
  transit_encryption_mode = "SERVER_AUTHENTICATION"
  redis_configs = {
    # It is a cache: when full, what was not used for longest goes, and nothing fails.
    maxmemory-policy = "allkeys-lru"
  }
  maintenance_policy {
    weekly_maintenance_window {
      day = "SUNDAY"
      start_time {
        hours = 3
      }
    }
  }
}
