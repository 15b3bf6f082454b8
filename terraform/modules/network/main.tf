resource "google_compute_network" "this" {
  project = var.project
  name    = var.name
  # Subnetworks of every region would be addresses that nobody watches.
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "this" {
  project       = var.project
  region        = var.region
  name          = var.name
  network       = google_compute_network.this.id
  ip_cidr_range = var.ranges.machines
  # Google's interfaces are reached without leaving for the Internet.
  private_ip_google_access = true
  secondary_ip_range {
    range_name    = "pods"
    ip_cidr_range = var.ranges.pods
  }
  secondary_ip_range {
    range_name    = "services"
    ip_cidr_range = var.ranges.services
  }
  # Who spoke to whom is asked after a break-in; half the flows are enough for that.
  log_config {
    aggregation_interval = "INTERVAL_10_MIN"
    flow_sampling        = 0.5
    metadata             = "INCLUDE_ALL_METADATA"
  }
}

resource "google_compute_router" "this" {
  project = var.project
  region  = var.region
  name    = var.name
  network = google_compute_network.this.id
}

# Nothing here has an external address: this is the one way out, and there is no way in.
resource "google_compute_router_nat" "this" {
  project                            = var.project
  region                             = var.region
  router                             = google_compute_router.this.name
  name                               = var.name
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"
  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}

# Where Cloud SQL and Memorystore get their private addresses from.
resource "google_compute_global_address" "services" {
  project       = var.project
  name          = "${var.name}-google-services"
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  address       = split("/", var.ranges.google_services)[0]
  prefix_length = tonumber(split("/", var.ranges.google_services)[1])
  network       = google_compute_network.this.id
}

resource "google_service_networking_connection" "this" {
  network                 = google_compute_network.this.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.services.name]
}
