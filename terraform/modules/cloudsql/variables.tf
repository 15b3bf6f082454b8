variable "project" {
  type        = string
  description = "Project id."
}

variable "region" {
  type        = string
  description = "Where the instance is."
}

variable "name" {
  type        = string
  description = "Of the instance: Google keeps it a week after deletion."
}

variable "is_prod" {
  type        = bool
  description = "Whether it survives a zone, and a plan that would delete it."
}

variable "tier" {
  type        = string
  description = "Machine type, such as db-custom-2-8192."
}

variable "private_network" {
  type        = string
  description = "projects/…/global/networks/…, peered with Google's services."
}

variable "has_reports_replica" {
  type        = bool
  description = "Whether reports have a copy of their own."
  default     = false
}
