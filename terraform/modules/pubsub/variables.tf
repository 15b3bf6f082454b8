variable "project" {
  type        = string
  description = "Project id."
}

variable "project_number" {
  type        = string
  description = "Number of the project, which names Google's own accounts in it."
}

variable "region" {
  type        = string
  description = "Where messages are kept."
}

variable "publisher" {
  type        = string
  description = "E-mail address of the worker's identity."
}
