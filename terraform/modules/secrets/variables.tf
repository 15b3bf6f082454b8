variable "project" {
  type        = string
  description = "Project id."
}

variable "region" {
  type        = string
  description = "Where the values are kept."
}

variable "accessors" {
  type        = map(list(string))
  description = "Ids of secrets, and e-mails of the identities that read each."
}

variable "certificates" {
  type        = map(string)
  description = "Certificates of CAs by the id that they are read by: no secret, but they come the same way."
  default     = {}
}

variable "planner" {
  type        = string
  description = "E-mail of the identity that plans; empty where a person does."
  default     = ""
}
