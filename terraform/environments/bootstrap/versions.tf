terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }
  # The bucket is given by `init -backend-config`: it is bootstrap's.
  backend "gcs" {}
}

provider "google" {
  project = var.project
  region  = var.region
}
