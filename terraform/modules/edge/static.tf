# The portals' files, from Google's edge: the Gateway cannot have a bucket behind it, so a load balancer of
# their own.
resource "google_compute_global_address" "static" {
  project = var.project
  name    = "banneton-static"
}

resource "google_compute_backend_bucket" "static" {
  project          = var.project
  name             = "banneton-static"
  bucket_name      = var.static_bucket
  enable_cdn       = true
  compression_mode = "AUTOMATIC"

  # What a page of ours may do, whoever wrote the file; browsers do not guess at types.
  custom_response_headers = [
    "X-Content-Type-Options: nosniff",
    "Strict-Transport-Security: max-age=31536000; includeSubDomains",
    "Referrer-Policy: no-referrer",
  ]

  cdn_policy {
    # Each file's own Cache-Control says how long: names with a hash for a year, index.html not at all.
    cache_mode         = "USE_ORIGIN_HEADERS"
    negative_caching   = true
    request_coalescing = true
    # The old file while the new one is fetched, and while the bucket is away.
    serve_while_stale = 86400
  }
}

resource "google_compute_url_map" "static" {
  project         = var.project
  name            = "banneton-static"
  default_service = google_compute_backend_bucket.static.id
}

resource "google_compute_target_https_proxy" "static" {
  project         = var.project
  name            = "banneton-static"
  url_map         = google_compute_url_map.static.id
  certificate_map = "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.edge.id}"
  ssl_policy      = google_compute_ssl_policy.modern.id
}

# Port 443 only: there is nothing at port 80, not even a redirect that somebody could answer first.
resource "google_compute_global_forwarding_rule" "static" {
  project               = var.project
  name                  = "banneton-static"
  target                = google_compute_target_https_proxy.static.id
  ip_address            = google_compute_global_address.static.id
  port_range            = "443"
  load_balancing_scheme = "EXTERNAL_MANAGED"
}
