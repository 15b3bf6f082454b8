locals {
  # Sensitivity 1: the rules that hardly ever mistake a recipe for an attack. The app refuses by itself what
  # they would find; this keeps the noise away from it.
  waf = {
    1000 = "sqli-v33-stable"
    1010 = "xss-v33-stable"
    1020 = "lfi-v33-stable"
    1030 = "rfi-v33-stable"
    1040 = "rce-v33-stable"
    1050 = "scannerdetection-v33-stable"
    1060 = "protocolattack-v33-stable"
    1070 = "sessionfixation-v33-stable"
  }
}

# A backend policy in Kubernetes puts it before both Services, stable and canary.
resource "google_compute_security_policy" "web" {
  project     = var.project
  name        = "banneton-web"
  description = "Known attacks and floods, before the app."

  # Without it the rules see a JSON body as one long word.
  advanced_options_config {
    json_parsing = "STANDARD"
    log_level    = "NORMAL"
  }

  # Learns what is usual, and tells of floods that are not.
  adaptive_protection_config {
    layer_7_ddos_defense_config {
      enable = true
    }
  }

  dynamic "rule" {
    for_each = local.waf
    content {
      priority    = rule.key
      action      = "deny(403)"
      preview     = var.is_waf_preview
      description = rule.value
      match {
        expr {
          expression = "evaluatePreconfiguredWaf('${rule.value}', {'sensitivity': 1})"
        }
      }
    }
  }

  # The app limits people and tills by name; this is for what is not even worth a name. A shop's tills and
  # people share an address.
  rule {
    priority    = 2000
    action      = "rate_based_ban"
    description = "One address, flooding"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"
      rate_limit_threshold {
        count        = var.requests_per_minute
        interval_sec = 60
      }
      ban_threshold {
        count        = var.requests_per_minute * 3
        interval_sec = 60
      }
      ban_duration_sec = 300
    }
  }

  rule {
    priority    = 2147483647
    action      = "allow"
    description = "All else"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}
