variable "project" {
  type        = string
  description = "Project id."
}

variable "region" {
  type        = string
  description = "Where the buckets are."
}

variable "prefix" {
  type        = string
  description = "Before each bucket's name, which is one in all of Google's cloud."
}

variable "app_origins" {
  type        = list(string)
  description = "Origins whose pages upload, exact."
  validation {
    condition     = length(var.app_origins) > 0 && alltrue([for each in var.app_origins : startswith(each, "https://") && !strcontains(each, "*")])
    error_message = "Origins are https://host, without a wildcard."
  }
}

variable "members" {
  type        = object({ web = string, worker = string, functions = string, build = string })
  description = "E-mail addresses of the identities."
}

variable "deleted_days" {
  type        = number
  description = "How long what was deleted or overwritten can come back."
  default     = 30
}

variable "audit_retention_days" {
  type        = number
  description = "How long nothing of the audit can be deleted."
  default     = 3650
}

variable "is_audit_locked" {
  type        = bool
  description = "Whether that can no longer be shortened; never to be undone."
  default     = false
}
