variable "project" {
  type        = string
  description = "Project id."
}

variable "host" {
  type        = string
  description = "Where people reach the app, such as app.banneton.example."
}

variable "static_host" {
  type        = string
  description = "Where the portals' files are; another host, so that no cookie of the app goes there."
  validation {
    condition     = var.static_host != var.host
    error_message = "A host of its own."
  }
}

variable "static_bucket" {
  type        = string
  description = "The bucket of these files."
}

variable "requests_per_minute" {
  type        = number
  description = "Of one address; LIMIT_ADDRESS_PER_MINUTE of the app is the same."
  default     = 3000
}

variable "is_waf_preview" {
  type        = bool
  description = "Whether the rules only log what they would have refused."
  default     = false
}
