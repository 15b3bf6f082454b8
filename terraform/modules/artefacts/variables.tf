variable "project" {
  type        = string
  description = "Project id; the bucket is named after it."
}

variable "region" {
  type        = string
  description = "Where the bucket is."
}

variable "writer" {
  type        = string
  description = "E-mail address of the build's identity."
}

variable "readers" {
  type        = map(string)
  description = "E-mail addresses of who installs: worker machines, builds of functions."
}

variable "retention_days" {
  type        = number
  description = "How long an artefact cannot be deleted."
  default     = 90
}

variable "kept_days" {
  type        = number
  description = "After so many days it is deleted."
  default     = 400
  validation {
    condition     = var.kept_days > var.retention_days
    error_message = "Deleted only after it may be."
  }
}
