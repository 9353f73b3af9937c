<!DOCTYPE StyledLayerDescriptor><StyledLayerDescriptor/>
