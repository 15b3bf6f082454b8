variable "project" {
  type        = string
  description = "Project id."
}

variable "region" {
  type        = string
  description = "Where images are kept."
}

variable "writer" {
  type        = string
  description = "E-mail of the identity that builds: nobody else writes."
}

variable "readers" {
  type        = map(string)
  description = "E-mails of the identities that pull, by a name that a plan knows."
  default     = {}
}
