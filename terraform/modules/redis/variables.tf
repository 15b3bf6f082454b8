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
  description = "Of the instance."
}

variable "memory_gb" {
  type        = number
  description = "Whole gibibytes."
}

variable "private_network" {
  type        = string
  description = "projects/…/global/networks/…, peered with Google's services."
}
