<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<StyledLayerDescriptor version="1.0.0"><NamedLayer><Name>&c;</Name></NamedLayer></StyledLayerDescriptor>
